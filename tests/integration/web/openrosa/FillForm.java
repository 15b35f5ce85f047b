import java.io.FileReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

import org.javarosa.core.model.Constants;
import org.javarosa.core.model.CoreModelModule;
import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.FormIndex;
import org.javarosa.core.model.SelectChoice;
import org.javarosa.core.model.data.DateData;
import org.javarosa.core.model.data.DecimalData;
import org.javarosa.core.model.data.IAnswerData;
import org.javarosa.core.model.data.IntegerData;
import org.javarosa.core.model.data.MultipleItemsData;
import org.javarosa.core.model.data.SelectOneData;
import org.javarosa.core.model.data.StringData;
import org.javarosa.core.model.data.helper.Selection;
import org.javarosa.core.model.instance.InstanceInitializationFactory;
import org.javarosa.core.model.utils.DateUtils;
import org.javarosa.core.services.PrototypeManager;
import org.javarosa.core.util.JavaRosaCoreModule;
import org.javarosa.form.api.FormEntryController;
import org.javarosa.form.api.FormEntryModel;
import org.javarosa.form.api.FormEntryPrompt;
import org.javarosa.model.xform.XFormSerializingVisitor;
import org.javarosa.model.xform.XFormsModule;
import org.javarosa.xform.util.XFormUtils;

/** Fills in a form with JavaRosa, the engine of ODK Collect, question by question, and writes the instance. */
public class FillForm {
    public static void main(String[] arguments) throws Exception {
        new JavaRosaCoreModule().registerModule();
        PrototypeManager.registerPrototypes(CoreModelModule.classNames);
        new XFormsModule().registerModule();
        Properties answers = new Properties();
        try (FileReader reader = new FileReader(arguments[1], java.nio.charset.StandardCharsets.UTF_8)) {
            answers.load(reader);
        }
        FormDef form = XFormUtils.getFormFromFormXml(arguments[0], null);
        FormEntryModel model = new FormEntryModel(form);
        FormEntryController controller = new FormEntryController(model);
        form.initialize(true, new InstanceInitializationFactory());
        controller.jumpToIndex(FormIndex.createBeginningOfFormIndex());
        int event = controller.stepToNextEvent();
        while (event != FormEntryController.EVENT_END_OF_FORM) {
            if (event == FormEntryController.EVENT_QUESTION) {
                FormEntryPrompt asked = model.getQuestionPrompt();
                String name = asked.getIndex().getReference().getNameLast();
                if (answers.containsKey(name)) {
                    controller.answerQuestion(asked.getIndex(), answer(asked, answers.getProperty(name)), true);
                }
            }
            event = controller.stepToNextEvent();
        }
        form.postProcessInstance();
        System.out.write(new XFormSerializingVisitor().serializeInstance(form.getInstance()));
        System.out.flush();
    }

    private static IAnswerData answer(FormEntryPrompt asked, String text) {
        switch (asked.getControlType()) {
            case Constants.CONTROL_SELECT_ONE:
                return new SelectOneData(choice(asked, text));
            case Constants.CONTROL_SELECT_MULTI:
                List<Selection> chosen = new ArrayList<>();
                for (String code : text.split(" ")) {
                    chosen.add(choice(asked, code));
                }
                return new MultipleItemsData(chosen);
            default:
        }
        switch (asked.getDataType()) {
            case Constants.DATATYPE_INTEGER:
                return new IntegerData(Integer.parseInt(text));
            case Constants.DATATYPE_DECIMAL:
                return new DecimalData(Double.parseDouble(text));
            case Constants.DATATYPE_DATE:
                return new DateData(DateUtils.parseDate(text));
            default:
                return new StringData(text);
        }
    }

    private static Selection choice(FormEntryPrompt asked, String code) {
        for (SelectChoice one : asked.getSelectChoices()) {
            if (one.getValue().equals(code)) {
                return one.selection();
            }
        }
        throw new IllegalArgumentException("no choice " + code);
    }
}
